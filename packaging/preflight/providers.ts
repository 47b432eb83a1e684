/**
 * Which package the name of a model means, and which key its provider needs. LangChain imports that package by a computed name, so nothing
 * else says that the project needs it.
 */

interface Provider {
  package: string;
  /** Variables that its client reads. */
  keys: readonly string[];
}

const PROVIDERS: Readonly<Record<string, Provider>> = {
  openai: { package: "@langchain/openai", keys: ["OPENAI_API_KEY"] },
  azure_openai: { package: "@langchain/openai", keys: ["AZURE_OPENAI_API_KEY"] },
  anthropic: { package: "@langchain/anthropic", keys: ["ANTHROPIC_API_KEY"] },
  google: { package: "@langchain/google", keys: ["GOOGLE_API_KEY"] },
  "google-genai": { package: "@langchain/google-genai", keys: ["GOOGLE_API_KEY"] },
  "google-vertexai": { package: "@langchain/google-vertexai", keys: [] },
  "google-vertexai-web": { package: "@langchain/google-vertexai-web", keys: [] },
  cohere: { package: "@langchain/cohere", keys: ["COHERE_API_KEY"] },
  mistralai: { package: "@langchain/mistralai", keys: ["MISTRAL_API_KEY"] },
  mistral: { package: "@langchain/mistralai", keys: ["MISTRAL_API_KEY"] },
  groq: { package: "@langchain/groq", keys: ["GROQ_API_KEY"] },
  cerebras: { package: "@langchain/cerebras", keys: ["CEREBRAS_API_KEY"] },
  bedrock: { package: "@langchain/aws", keys: [] },
  aws: { package: "@langchain/aws", keys: [] },
  deepseek: { package: "@langchain/deepseek", keys: ["DEEPSEEK_API_KEY"] },
  xai: { package: "@langchain/xai", keys: ["XAI_API_KEY"] },
  ollama: { package: "@langchain/ollama", keys: [] },
  openrouter: { package: "@langchain/openrouter", keys: ["OPENROUTER_API_KEY"] },
};

/** "openai:gpt-5" → "@langchain/openai"; undefined for any other text. */
export function providerPackage(text: string): string | undefined {
  const [, name] = /^([a-z_-]+):[\w.@/-]/.exec(text) ?? [];
  return name !== undefined && Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name]?.package : undefined;
}

/** The key variables of the package that a specifier names; none if its provider needs no key. */
export function keysOf(specifier: string): readonly string[] {
  const found = Object.values(PROVIDERS).find(
    ({ package: name }) => specifier === name || specifier.startsWith(`${name}/`),
  );
  return found?.keys ?? [];
}
