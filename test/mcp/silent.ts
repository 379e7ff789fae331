import { createLogger } from '../../src/core/logger.ts';

/** A logger that says nothing. */
export const silent = createLogger('test', 'error', () => {});
