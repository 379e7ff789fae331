import { createLogger } from '../../src/core/logger.ts';
import { serveStdio } from '../../src/mcp/serve-stdio.ts';
import { createTestOperations } from './test-operations.ts';

/** A program that serves the test operations on its standard input and output. */
serveStdio({
  buildServer: createTestOperations().buildServer,
  logger: createLogger('stdio', 'debug', (line) => process.stderr.write(line)),
  principal: { name: 'stdio', grants: new Set(['read']) },
});
