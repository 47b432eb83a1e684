/**
 * Kills the process groups that a parent leaves behind, however it ends. Groups are named on stdin, one a line: `+PID` when one has begun,
 * `-PID` when it has ended. The end of stdin kills the rest. It imports nothing of ours.
 */
import { createInterface } from "node:readline";

const groups = new Set<number>();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith("+")) groups.add(pid);
    else groups.delete(pid);
  })
  .on("close", () => {
    for (const pid of groups) {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  });
