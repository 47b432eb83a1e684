import { describeVersion } from "./describe-version.ts";

describeVersion({ version: "1.0.2", taskModes: true });
