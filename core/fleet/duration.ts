/** Where files of a fleet have them. */
export { formatDuration, parseDuration } from '../duration.ts';
