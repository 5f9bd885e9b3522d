/** Every word of the page, in English. A translation is another object with the same keys. */
import { change } from './en/change.ts';
import { desk } from './en/desk.ts';
import { device } from './en/device.ts';
import { fleet } from './en/fleet.ts';
import { frame } from './en/frame.ts';

export const en = { ...frame, ...fleet, ...device, ...desk, ...change };

export type Key = keyof typeof en;
