import { describeVersion } from "./describe-version.ts";

describeVersion({ version: "0.4.9", taskModes: true });
