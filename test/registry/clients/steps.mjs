/** One line for each step of a client: `ok …` or `FAIL …` with the reason. A failed step does not stop the others. */
export const url = process.env.THREADLINE_URL;

export async function step(name, run) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`FAIL ${name}: ${error.stack ?? error}`);
  }
}
