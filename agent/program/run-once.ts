/** One pass of an agent that ends then, for a verb that finds none running. */
export type RunOnce = (how: {
  readonly configFile: string;
  readonly json: boolean;
  /** With `json`: what stands in the object besides how the pass went; asked for when that has ended. */
  readonly beside: object | (() => Promise<object>);
}) => Promise<number>;
