/**
 * How the end of a line is known that comes in parts: its last part says so; or, since one that an app never ended has none, also by
 * the next line; or by that alone, or that nothing is added for a second.
 */
export type LineEnds = 'by itself' | 'by the next' | 'silently';
