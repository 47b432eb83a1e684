import { describeVersion } from "./describe-version.ts";

describeVersion({ version: "1.4.10", taskModes: true });
