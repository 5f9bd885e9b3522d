/** What has come by now. A device asks its clock; whoever asks what a commit means asks the commit alone. */

/** A stage that the file says is open, and when it may count at the earliest. */
export interface StageMoment {
  /** The rollout's file. */
  readonly path: string;
  /** The release that it leads to. */
  readonly to: string;
  /** From 1. */
  readonly stage: number;
  /** How many stages the file says are open. */
  readonly pointer: number;
  /**
   * Milliseconds since the epoch. Of the newest stage, its `since`; of one before, that less the holds between: it was
   * opened then at the latest, or a hold was not kept. So a bot that opens two at once, in the future, hastens neither.
   */
  readonly atMs: number;
  /** Of each stage, milliseconds. */
  readonly holdsMs: readonly number[];
}

export interface When {
  /** Whether an app's pin that ends then is over; milliseconds since the epoch. */
  isOver(untilMs: number, app: string): boolean;
  isOpen(moment: StageMoment): boolean;
  /** Of one that is not open: when it will be, milliseconds since the epoch. Absent: at its own moment. */
  countsAtMs?(moment: StageMoment): number;
  /** Whether this device was once given a release by the rollout at this path. Absent: nobody knows. */
  wasGiven?(rollout: { readonly path: string; readonly to: string }): boolean;
}

/** As the commit has it: each stage counts that it says is open, pins have no end. The same on every machine. */
export const byCommit: When = { isOver: () => false, isOpen: () => true };

/** Every pin that has an end is over. */
export const afterPins: When = { ...byCommit, isOver: () => true };

/** By a clock that is right. */
export const byClock = (nowMs: number): When => ({
  isOver: untilMs => untilMs <= nowMs,
  isOpen: ({ atMs }) => atMs <= nowMs,
});
