/**
 * `node:http`. An `import` of it would also load what its lazy exports stand for (WebSocket and all of fetch): 13 MB of
 * memory and tens of milliseconds, for a process that has to be small.
 */
export const http = process.getBuiltinModule('node:http');
