/** Runs one seed to its end and says what was wrong. */
import { decodeHead } from "../../functions/aws/checkpoint/items.ts";
import { toSlot } from "../../functions/aws/log/slot-items.ts";
import { toRun, toThread } from "../../functions/aws/table/row-items.ts";
import { unpack } from "../../functions/core/log/slot-payload.ts";
import { isReadable } from "../../functions/core/run/read-runs.ts";
import { isFinal, isGone, type RunRow } from "../../functions/core/run/run-row.ts";
import { RUN_START_TIMEOUT } from "../../functions/core/run/timings.ts";
import { eventsOf, type Recorded, type Violation, violationsOf } from "../support/invariants.ts";
import { CALM_AFTER, calmDown } from "./faults.ts";
import { visibleHeads } from "./heads.ts";
import { People } from "./people.ts";
import type { Process } from "./process.ts";
import { decode, nameOf, STEPS, tasksOf } from "./scripted-engine.ts";
import { World, type WorldOptions } from "./world.ts";

export interface Outcome {
  seed: number;
  violations: Violation[];
  timeline: string[];
  steps: number;
  /** Runs by their final status. */
  statuses: Record<string, number>;
  /** `pending --> running: worker` */
  transitions: string[];
}

/** ms after the last fault in which everything has to end. */
const SETTLE_WITHIN = 3_600_000;
/** ms of virtual time between two looks whether it has. */
const LOOK_EVERY = 500;

export async function simulate(options: WorldOptions): Promise<Outcome> {
  const world = new World(options);
  const { seed } = options;
  const people = new People(world);
  people.arrive();
  world.time.background(world.dice.between(0, 60_000), () => people.tick());
  if (world.faults.expiry) expire(world, people);

  const limit = CALM_AFTER + SETTLE_WITHIN + (world.faults.broken ? 4 * RUN_START_TIMEOUT : 0);
  let look = 0;
  await world.time.run(() => {
    if (world.watch.violations.length > 0 || world.time.now > limit) return true;
    if (world.time.now < look) return false;
    look = world.time.now + LOOK_EVERY;
    return isSettled(world, people);
  });

  const recorded = record(world, people);
  if (!world.watch.violations.length) {
    world.watch.checkSends();
    const found = [
      ...violationsOf(recorded),
      ...checkState(world, recorded),
      ...checkUpdates(world, people, recorded),
      ...checkDeleted(world, people, recorded),
      ...(await checkHistory(world)),
    ];
    for (const { invariant, text } of found) world.watch.violate(invariant, text);
  }
  const statuses: Record<string, number> = {};
  for (const { status } of recorded.runs) statuses[status] = (statuses[status] ?? 0) + 1;
  const { violations } = world.watch;
  const { timeline, time, transitions } = world;
  return { seed, violations, timeline, steps: time.steps, statuses, transitions: transitions.all };
}

/** Every run has ended, and nothing is under way any more but the sweeper. */
const isSettled = (world: World, people: People): boolean =>
  people.areDone && world.watch.runs.size > 0 && !world.time.isBusy && haveEnded(world);

function haveEnded(world: World): boolean {
  const { table, thread_id, watch } = world;
  const item = table.get({ pk: `T#${thread_id}`, sk: "A" });
  if (item?.["deleted"] === true && item["temporary"] !== true) return true;
  return runsOf(world).every((run) => isFinal(run) && (!isTold(run) || watch.told.has(run.run_id)));
}

/** Whose end a webhook tells. */
const isTold = (run: RunRow): boolean => run.webhook === true && isFinal(run) && run.status !== "deleted";

function runsOf({ table, thread_id }: World): RunRow[] {
  const item = table.get({ pk: `T#${thread_id}`, sk: "A" });
  const gen = item && toThread(item).gen;
  const rows = table.partition(`T#${thread_id}`).filter(({ sk }) => String(sk).startsWith("R#"));
  return rows.map(toRun).filter((run) => run.gen === gen);
}

function record(world: World, people: People): Recorded {
  const { table, thread_id, watch, faults } = world;
  const item = table.get({ pk: `T#${thread_id}`, sk: "A" });
  const runs = runsOf(world);
  const runOf = (claim: string | undefined): string =>
    runs.find(({ log_start }) => claim?.startsWith(`${log_start}.`))?.run_id ?? "";
  return {
    thread: item && toThread(item),
    runs,
    slots: table.partition(`L#${thread_id}`).map((slot) => toSlot({ ...slot, pk: "", sk: String(slot["sk"]) }, 0)),
    heads: visibleHeads(table, thread_id).map(({ checkpoint_id, claim }) => ({ checkpoint_id, run_id: runOf(claim) })),
    readers: people.readers,
    accepted: watch.accepted,
    expired: faults.expiry,
  };
}

/** The state is the list of all supersteps: none twice, none of a run that was rolled back, none missing of a run that succeeded. */
function checkState(world: World, { thread, runs, slots }: Recorded): Violation[] {
  const found: Violation[] = [];
  if (!thread || thread.deleted) return found;
  const [top] = visibleHeads(world.table, world.thread_id);
  const state = top ? stateIn(top.item) : [];
  if (top && thread.head?.checkpoint_id !== top.checkpoint_id)
    found.push({
      invariant: "I5",
      text: `the thread shows ${thread.head?.checkpoint_id}, the newest is ${top.checkpoint_id}`,
    });
  const names = new Map(runs.map((run) => [nameOf(run.metadata), run]));
  if (new Set(state).size !== state.length)
    found.push({ invariant: "I7", text: `a superstep was applied twice: ${state.join(" ")}` });
  for (const step of state) {
    const run = names.get(step.split(".")[0] ?? "");
    if (run && isGone(run))
      found.push({ invariant: "I5", text: `the state holds ${step} of a run that is ${run.status}` });
  }
  for (const run of runs)
    if (isTold(run) && !world.watch.told.has(run.run_id))
      found.push({ invariant: "I3", text: `the end of ${nameOf(run.metadata)} was told to nobody` });
  for (const run of runs) {
    if (run.status !== "success" || !("head" in run) || world.faults.pause) continue;
    const name = nameOf(run.metadata);
    const steps = Array.from({ length: STEPS + 1 }, (_, step) => `${name}.${step}`);
    const events = new Set(eventsOf(slots.filter(({ run_id }) => run_id === run.run_id)).map(({ data }) => data));
    const tokens = steps
      .slice(1)
      .flatMap((step, i) => tasksOf(step, i + 1).flatMap((task) => [`t ${task}`, `s ${task}`]));
    const lost = tokens.filter((token) => !events.has(JSON.stringify(token)));
    if (lost.length && !world.faults.expiry)
      found.push({ invariant: "I2", text: `${name} succeeded and tokens are in no slot: ${lost.join(", ")}` });
    for (const step of steps) {
      if (!state.includes(step))
        found.push({ invariant: "I7", text: `${step} is missing in the state: ${state.join(" ")}` });
      if (!world.faults.expiry && !events.has(JSON.stringify(`u ${step}`)))
        found.push({ invariant: "I2", text: `${name} succeeded and the event of ${step} is in no slot` });
    }
  }
  return found;
}

/** An update that was answered is in the state if and only if it was accepted; of one without an answer nothing is known. */
function checkUpdates(world: World, people: People, { thread }: Recorded): Violation[] {
  if (!thread || thread.deleted) return [];
  const [top] = visibleHeads(world.table, world.thread_id);
  const state = top ? stateIn(top.item) : [];
  const wrong = people.updates.filter(({ name, gen, isApplied }) => {
    if (gen > thread.gen) return true;
    return state.includes(name) !== (isApplied && gen === thread.gen);
  });
  return wrong.map(({ name, isApplied }) => ({
    invariant: "I5",
    text: `the update ${name} was ${isApplied ? "accepted" : "refused"}, the state is ${state.join(" ")}`,
  }));
}

/** A run whose deletion was confirmed is gone for readers. If it had ended, its input is gone, too. */
function checkDeleted({ table, watch }: World, people: People, { thread, runs }: Recorded): Violation[] {
  return people.deleted.flatMap((run_id): Violation[] => {
    const run = runs.find((one) => one.run_id === run_id);
    const isShown: boolean = isReadable(thread, run);
    if (run && isShown) return [{ invariant: "I5", text: `${watch.name(run_id)} was deleted, and is ${run.status}` }];
    return run?.status === "deleted" && table.partition(`I#${run_id}`).length > 0
      ? [{ invariant: "I5", text: `${watch.name(run_id)} was deleted, and its input is left` }]
      : [];
  });
}

/** What a client reads as the thread's history is what exists for readers by the rule (heads.ts). */
async function checkHistory(world: World): Promise<Violation[]> {
  const { table, thread_id, time, faults } = world;
  Object.assign(faults, { stale: 0 });
  calmDown(faults);
  const history: string[] = [];
  let isRead = false;
  const read = async (reader: Process): Promise<void> => {
    const heads = world.ports(reader).checkpoints.heads(thread_id, { ns: "" });
    for await (const { checkpoint_id } of heads) history.push(checkpoint_id);
    isRead = true;
  };
  const reader = world.spawn("reader");
  void time.as(reader, () => read(reader));
  await time.run(() => isRead);
  const visible = visibleHeads(table, thread_id).map(({ checkpoint_id }) => checkpoint_id);
  if (history.join() === visible.join()) return [];
  return [{ invariant: "I5", text: `the history shows ${history.join(" ")}, visible are ${visible.join(" ")}` }];
}

function stateIn(item: Record<string, unknown>): string[] {
  if (!(item["d"] instanceof Uint8Array)) return [];
  const { channels } = decodeHead(unpack(item["d"]));
  const stored = channels.find(([name]) => name === "state")?.[1];
  return stored && "inline" in stored ? (decode(stored.inline) as string[]) : [];
}

/** Slots of a thread on which nothing has happened for a while are deleted, as the table does after the retention. */
function expire(world: World, people: People): void {
  const { time, table, thread_id } = world;
  const look = (): void => {
    if (people.areQuiet && !time.isBusy && haveEnded(world))
      for (const { sk } of table.partition(`L#${thread_id}`))
        table.apply({ kind: "Delete", key: { pk: `L#${thread_id}`, sk: String(sk) } }, time.now, "expiry");
    table.settle();
    time.background(100_000, look);
  };
  time.background(200_000, look);
}
