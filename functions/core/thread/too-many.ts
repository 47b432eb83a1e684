/** More threads than one search looks at: thrown by what reads them, answered by the search. */
export class TooMany extends Error {
  override name = "TooMany";

  constructor(limit: number, what: string) {
    super(`more than ${limit} threads ${what}: add a metadata filter with "owner", or ids`);
  }
}
