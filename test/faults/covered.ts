/**
 * Faults that other suites show, whole or in part: number → file and name of the test, as its source has it. What is not here is in the
 * names of the tests beside this file. Real processes that are killed, frozen and cut at the host's limits: `npm run test:isolated`.
 */
export interface Coverage {
  fault: number;
  file: string;
  test: string;
}

const rows: [fault: number, file: string, test: string][] = [
  [1, "isolated/crash", "a worker killed in a node: the same stream goes on with the next attempt"],
  [1, "isolated/crash", "a worker killed while nobody watches: the sweeper finds the run"],
  [1, "flow/resume", "keeps finished streams, states and runs; a run that was under way goes on"],
  [5, "core/run-life", "its send was lost: the sweep sends it again, by the throttled rhythm"],
  [8, "isolated/queue", "a message whose process dies comes again, to another process"],
  [9, "isolated/freeze", "a worker frozen beyond its lease and thawed: nothing of its old claim becomes visible"],
  [19, "conformance/checkpoint-faults", "a batch that never ends is an error, and no head refers to what is missing"],
  [
    22,
    "isolated/queue",
    "a message that the function reports as failed comes again after its time-out; the others are gone",
  ],
  // Lambda's recursion detection cannot be had without AWS: the template allows the worker's own loop, and fault 5 is what a stopped message is.
  [24, "infra/agent-server", "worker: one message at a time, failures reported, its own loop allowed"],
  [
    25,
    "isolated/limits",
    "a run of a minute, with functions of 20 s: handed over without an attempt, every event once",
  ],
  [
    25,
    "isolated/limits",
    "a node longer than its function may run: each try is a counted attempt, and the run ends with an error that says so",
  ],
  [26, "isolated/api", "its process killed while it streams: the stock SDK comes back and misses nothing"],
  [26, "isolated/api", "its time over: the body breaks off, and the process goes on"],
  [26, "http/long-answers", "a stream is aborted at %s, and goes on elsewhere"],
  [26, "http/open-body", "is aborted before it grows beyond its size"],
  [26, "http/function-url", "breaks the connection"],
  [26, "flow/resume", "cut in the middle of events: the stock JS SDK (%s) delivers each once"],
  [29, "http/long-answers", "is cancelled after a grace, if it was asked for"],
  [29, "http/long-answers", "it has come back"],
  [29, "flow/resume", "goes on after the reader has left, and the reader after it has come back"],
  [29, "flow/life", "cancel: the run is interrupted once its reader has been away for a while"],
  [29, "core/double-texting", "behind one that only its watcher keeps alive, disconnects unseen: %s → that one is %s"],
  [30, "flow/edge", "carries 20 MB of events to a client that reads slowly, byte for byte the same as to a fast one"],
  [30, "http/open-body", "takes nothing from its source before it is read"],
  [30, "http/function-url", "goes at the pace of its reader"],
  [31, "flow/resume", "is empty at once for a cursor that is malformed, foreign or too large, and without one"],
  [33, "flow/life", "races the end: one terminal state, agreed by run and thread, never a 5xx"],
  [37, "flow/life", "gives the same run and its stream again; another body with it is 409"],
  [38, "flow/hitl", "right after the interrupt was seen is taken, every time"],
  [
    40,
    "core/large-events",
    "one event of a megabyte that does not compress goes through several slots and arrives whole",
  ],
  [43, "core/webhooks", "is given up after its last try, and the run stays what it was"],
  [44, "flow/edge", "ends a run whose value cannot be serialised with an error, and lives on"],
];

export const COVERED: Coverage[] = rows.map(([fault, file, test]) => ({ fault, file: `${file}.test.ts`, test }));
