/** What the functions are deployed with, and what costs are estimated with. */

/**
 * MB, unless a deployment says otherwise; CPU grows with it. The worker imports and runs graphs; the API function waits for the table most
 * of the time; a sweep reads rows.
 */
export const MEMORY_MB = { api: 512, worker: 1_024, sweeper: 256 };
