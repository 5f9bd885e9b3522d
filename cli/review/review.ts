/** `towline review`: what a branch would do, as a comment on its pull request. Two verbs, for two jobs. */
import type { Command } from 'commander';
import { examples } from '../command/examples.ts';
import type { Stop } from '../command/stop.ts';
import { registerComment } from './comment.ts';
import { registerPlan } from './plan.ts';

export function registerReview(review: Command, stop: Stop): void {
  registerPlan(review, stop);
  registerComment(review, stop);
  review.addHelpText('after', examples([['towline review plan', 'what would this branch do to devices?']]));
}
