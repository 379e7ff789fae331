import * as z from 'zod';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';

export const runJob = defineHomeOperation({
  name: 'run_job',
  route: 'POST /api/admin/jobs/{name}/run',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Make a job due now; a server that runs begins it within ten seconds.',
  input: { name: z.string().min(1).max(300).describe('As in list_jobs.') },
  output: z.object({ name: z.string() }),
  async run({ name }, { services }) {
    await services.jobs.store().request(name);
    return { name };
  },
  text: () => 'It is due now.',
});
