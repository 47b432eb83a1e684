import { describeVersion } from "./describe-version.ts";

describeVersion({ version: "0.3.12", taskModes: true });
