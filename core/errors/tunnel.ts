import { defineErrors } from './definition.ts';

export const tunnelErrors = defineErrors({});
