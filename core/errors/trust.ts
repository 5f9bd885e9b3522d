import { defineErrors } from './definition.ts';

export const trustErrors = defineErrors({});
