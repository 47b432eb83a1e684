/** An event of a stream. */

/** As it came: `data` is JSON text. */
export interface StreamedEvent {
  id: string;
  event: string;
  data: string;
}
