import { defineErrors } from './definition.ts';

export const agentErrors = defineErrors({});
