import { exitCodes, type Verb } from './verb.ts';

export const metricsVerb: Verb = {
  usage: ['metrics\t\t\tFigures of every process as Prometheus text'],
  run: async ({ client, words, print, write, signal }) => {
    if (words.length > 0) {
      print('Error: metrics accepts no arguments');
      return exitCodes.generic;
    }
    const response = await client.stream('/metrics', signal);
    if (response.statusCode !== 200) {
      response.resume();
      print(
        response.statusCode === 404
          ? 'ERROR: this is the real supervisord, which has no metrics'
          : `/metrics HTTP status ${response.statusCode}`,
      );
      return exitCodes.generic;
    }
    for await (const chunk of response) if (Buffer.isBuffer(chunk)) write(chunk);
    return exitCodes.success;
  },
};
