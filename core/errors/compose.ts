import { defineErrors } from './definition.ts';

export const composeErrors = defineErrors({});
