/** Config and context of assistants and runs: what of them is the same, and which wins (Agent Server API). */
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";

export interface Settings {
  configurable: JsonObject;
  context: JsonObject;
}

const isEmpty = (value: JsonObject): boolean => Object.keys(value).length === 0;

/** One alone serves as the other, too, as on the official server: graphs read either. */
const both = ({ configurable, context }: Settings): Settings => ({
  configurable: isEmpty(configurable) ? context : configurable,
  context: isEmpty(context) ? configurable : context,
});

export function storedSettings(config: JsonObject, context: JsonObject): { config: JsonObject; context: JsonObject } {
  const given = config["configurable"];
  const shared = both({ configurable: isJsonObject(given) ? given : {}, context });
  return {
    config: isEmpty(shared.configurable) ? config : { ...config, configurable: shared.configurable },
    context: shared.context,
  };
}

/** A run's over its assistant's, key by key. Those of a run alone stay as they were given. */
export function mergedSettings(assistant: Settings, run: Settings): Settings {
  const [base, over] = [both(assistant), both(run)];
  if (isEmpty(base.configurable)) return run;
  return {
    configurable: { ...base.configurable, ...over.configurable },
    context: { ...base.context, ...over.context },
  };
}
