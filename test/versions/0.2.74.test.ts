import { runSmoke } from "../smoke/run-smoke.ts";
import { describeVersion } from "./describe-version.ts";

describeVersion({
  version: "0.2.74",
  taskModes: false,
  more(served) {
    test("P11: the smoke test skips what this version cannot do, and nothing fails", async () => {
      const asked = ["--assistant", "checked-esm", "--input", '{"a":3}', "--runs", "1"];

      const { code, rows, out } = await runSmoke(served().server.url, ...asked);

      expect(code, out).toBe(0);
      for (const mode of ["tasks", "checkpoints"]) expect(rows.get(`mode ${mode}`)?.outcome).toBe("skipped");
      expect([...rows.values()].filter(({ seen }) => /\b0 events|the other 0/.test(seen ?? ""))).toEqual([]);
    });
  },
});
