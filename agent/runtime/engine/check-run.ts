/** One run of a container's health check. */
import { members, number, optional, type Shape, text } from './answer-shape.ts';

export interface CheckRun {
  /** When it began, as the engine writes it. */
  readonly Start?: undefined | string;
  readonly ExitCode: number;
  readonly Output: string;
}

export const checkRun: Shape<CheckRun> = members<CheckRun>({
  Start: optional(text),
  ExitCode: number,
  Output: text,
});
