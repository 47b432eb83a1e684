/** What a project's model has answered, as vectors. */

/** @throws what is wrong with it: it must be a list of `count` lists of `dims` numbers */
export function vectorsIn(answer: unknown, { count, dims }: { count: number; dims: number }): Float32Array[] {
  if (!Array.isArray(answer) || answer.length !== count) throw new Error(`it gave no list of ${count} vectors`);
  return answer.map((vector: unknown) => {
    if (!Array.isArray(vector) && !(vector instanceof Float32Array))
      throw new Error("it gave something else than vectors");
    if (vector.length !== dims)
      throw new Error(`it gave vectors of ${vector.length} numbers, store.index.dims is ${dims}`);
    // NaN comes from Python as null, which would become 0.
    if (!vector.every((one: unknown) => Number.isFinite(one)))
      throw new Error("it gave vectors with something else than numbers");
    return Float32Array.from(vector);
  });
}
