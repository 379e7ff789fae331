import { parentPort, workerData } from 'node:worker_threads';
import { serveReading } from '../local/import/serve-reading.ts';

if (parentPort === null) throw new Error('import-reader is a thread of an import');
await serveReading(parentPort, workerData);
