/**
 * LangGraph's checkpointer: a subclass of the project's own `BaseCheckpointSaver`, with the project's own serde. The behaviour is in
 * `checkpoints.ts`.
 */
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import type { LangGraph } from "../langgraph.ts";
import { SENDS_ARE_A_CHANNEL } from "./checkpoint-tuple.ts";
import { type Checkpoints, type CheckpointsOptions, createCheckpoints } from "./checkpoints.ts";

export type SaverOptions = CheckpointsOptions;

type Saver = new (options: SaverOptions) => BaseCheckpointSaver;

const classes = new WeakMap<LangGraph, Saver>();

/** A checkpointer for graphs of this very copy of LangGraph; one per run or request. */
export function createSaver(lg: LangGraph, options: SaverOptions): BaseCheckpointSaver {
  let Derived = classes.get(lg);
  if (!Derived) classes.set(lg, (Derived = derive(lg)));
  return new Derived(options);
}

function derive(lg: LangGraph): Saver {
  const { serde } = new lg.MemorySaver();
  const readsPendingSends = lg.emptyCheckpoint().v < SENDS_ARE_A_CHANNEL;
  return class ThreadlineSaver extends lg.BaseCheckpointSaver {
    readonly #checkpoints: Checkpoints;

    constructor(options: SaverOptions) {
      super(serde);
      const firstVersion = () => this.getNextVersion(undefined);
      this.#checkpoints = createCheckpoints(options, { store: options.store, serde, readsPendingSends, firstVersion });
    }

    /** Older base classes have none, and LangGraph logs configs, which contain the saver. */
    override toJSON(): string {
      return "[ThreadlineSaver]";
    }

    override getTuple(...args: Parameters<Checkpoints["getTuple"]>): ReturnType<Checkpoints["getTuple"]> {
      return this.#checkpoints.getTuple(...args);
    }

    override list(...args: Parameters<Checkpoints["list"]>): ReturnType<Checkpoints["list"]> {
      return this.#checkpoints.list(...args);
    }

    override put(...args: Parameters<Checkpoints["put"]>): ReturnType<Checkpoints["put"]> {
      return this.#checkpoints.put(...args);
    }

    override putWrites(...args: Parameters<Checkpoints["putWrites"]>): ReturnType<Checkpoints["putWrites"]> {
      return this.#checkpoints.putWrites(...args);
    }

    override deleteThread(thread_id: string): Promise<void> {
      return this.#checkpoints.deleteThread(thread_id);
    }

    override getDeltaChannelHistory(
      ...args: Parameters<Checkpoints["getDeltaChannelHistory"]>
    ): ReturnType<Checkpoints["getDeltaChannelHistory"]> {
      return this.#checkpoints.getDeltaChannelHistory(...args);
    }
  };
}
