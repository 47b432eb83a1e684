import { describeVersion } from "./describe-version.ts";

describeVersion({ version: "0.2.74", taskModes: false });
