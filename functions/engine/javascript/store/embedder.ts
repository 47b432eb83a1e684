/**
 * The model that `store.index.embed` of langgraph.json names: a function or Embeddings of the project, or `provider:model` of a LangChain
 * package that it installs. Loaded at first use, where its errors are reported: nothing else needs it.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { GraphError } from "../../../core/run/execute/engine-port.ts";
import type { Embedder } from "../../../core/store/project-store.ts";
import type { StoreConfig } from "../../../protocol/manifest.ts";
import { vectorsIn } from "../../store/vectors-in.ts";
import { isObject } from "../langgraph.ts";
import { causesOf, describeCauses } from "../project/causes.ts";
import { importModule } from "../project/import-module.ts";
import type { JavaScriptProject } from "../project/javascript-project.ts";

type Index = NonNullable<StoreConfig["index"]>;
type ModelSource = Pick<JavaScriptProject, "locate" | "sourceFolder" | "prepareGraphs">;
type EmbedTexts = (texts: readonly string[]) => unknown;

/** Package and class. */
const PROVIDERS: Readonly<Record<string, readonly [packageName: string, className: string]>> = {
  openai: ["@langchain/openai", "OpenAIEmbeddings"],
  azure_openai: ["@langchain/openai", "AzureOpenAIEmbeddings"],
  bedrock: ["@langchain/aws", "BedrockEmbeddings"],
  cohere: ["@langchain/cohere", "CohereEmbeddings"],
  google_genai: ["@langchain/google-genai", "GoogleGenerativeAIEmbeddings"],
  google_vertexai: ["@langchain/google-vertexai", "VertexAIEmbeddings"],
  mistralai: ["@langchain/mistralai", "MistralAIEmbeddings"],
  ollama: ["@langchain/ollama", "OllamaEmbeddings"],
};

export function createEmbedder(project: ModelSource, index: Index): Embedder {
  let loading: Promise<EmbedTexts> | undefined;
  const load = (): Promise<EmbedTexts> => {
    loading ??= loadModel(project, index);
    loading.catch(() => (loading = undefined));
    return loading;
  };
  return {
    async embed(texts) {
      try {
        const answer = await (await load())(texts);
        return vectorsIn(answer, { count: texts.length, dims: index.dims });
      } catch (cause) {
        throw new GraphError(`store.index.embed "${index.embed}" cannot be used: ${describeCauses(causesOf(cause))}`, {
          cause,
        });
      }
    },
  };
}

async function loadModel(project: ModelSource, index: Index): Promise<EmbedTexts> {
  if (index.error !== undefined) throw new Error(index.error);
  await project.prepareGraphs();
  const { module, symbol = "default" } = index;
  if (module === undefined) return ofProvider(project, index.embed);
  const exports = await importModule(project.locate(module));
  return embedderIn(await exports[symbol], `its export "${symbol}"`);
}

async function ofProvider(project: Pick<JavaScriptProject, "sourceFolder">, spec: string): Promise<EmbedTexts> {
  const colon = spec.indexOf(":");
  const [provider, model] = [spec.slice(0, colon), spec.slice(colon + 1)];
  const known = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  if (!known)
    throw new Error(
      `the provider "${provider}" is not known, only ${Object.keys(PROVIDERS).join(", ")}; or name a function of your own`,
    );
  const [packageName, className] = known;
  const exports = await importModule(resolveIn(project.sourceFolder(), packageName));
  const Embeddings = exports[className];
  if (typeof Embeddings !== "function") throw new Error(`${packageName} has no ${className}`);
  return embedderIn(Reflect.construct(Embeddings, [{ model }]), className);
}

function resolveIn(folder: string, packageName: string): string {
  try {
    return createRequire(path.join(folder, "langgraph.json")).resolve(packageName);
  } catch {
    throw new Error(`the package ${packageName} is not installed in the project`);
  }
}

/** An Embeddings of LangChain, or a function from texts to vectors. */
function embedderIn(value: unknown, what: string): EmbedTexts {
  if (isObject(value) && typeof value["embedDocuments"] === "function") {
    const embed = value["embedDocuments"];
    return (texts) => Reflect.apply(embed, value, [texts]);
  }
  if (typeof value === "function") return (texts) => Reflect.apply(value, undefined, [texts]);
  throw new Error(`${what} is neither a function nor an Embeddings`);
}
