/** The model of a project of Python that `store.index.embed` names: the project's child loads it at its first use, and asks it. */
import { GraphError } from "../../../core/run/execute/engine-port.ts";
import type { Embedder } from "../../../core/store/project-store.ts";
import type { StoreConfig } from "../../../protocol/manifest.ts";
import { vectorsIn } from "../../store/vectors-in.ts";
import { reasonOf } from "../graph/load-graph.ts";
import { inLivingChild } from "../process/in-living-child.ts";
import type { ProjectChildren } from "../process/project-children.ts";

type Index = NonNullable<StoreConfig["index"]>;

export function createChildEmbedder(children: ProjectChildren, index: Index): Embedder {
  const { embed, symbol, dims } = index;
  const call = { named: embed, is_path: symbol !== undefined };
  return {
    async embed(texts) {
      try {
        if (index.error !== undefined) throw new Error(index.error);
        const answer = await inLivingChild(children, (child) => child.call("embed", { ...call, texts }).answer);
        return vectorsIn(answer, { count: texts.length, dims });
      } catch (cause) {
        throw new GraphError(`store.index.embed "${embed}" cannot be used: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}
