/**
 * Kills what a parent leaves behind, however the parent ends: process groups are named on stdin, one a line (`+PID`, `-PID` when it has
 * ended), and the end of stdin is the end of them all. A process of its own, for frozen processes notice nothing. Must not import
 * anything of ours.
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
