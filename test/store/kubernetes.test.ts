import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { isVariable } from '../../src/core/variables.ts';
import { kubernetesObject } from './kubernetes-schema.ts';

const root = join(import.meta.dirname, '../..');
const documents = parseAllDocuments(readFileSync(join(root, 'deploy/kubernetes.yaml'), 'utf8'));
const manifest = z.array(kubernetesObject).parse(
  documents.map((document) => {
    assert.deepEqual(document.errors, []);
    const value: unknown = document.toJS();
    return value;
  }),
);
const servers = { 'gmail-api': 8000, 'gmail-mcp': 8001, 'gmail-dashboard': 8002 };

test('the Kubernetes manifest has two of each server, a service and a disruption budget', () => {
  const named = (kind: string) => manifest.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
  for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget'])
    assert.deepEqual(named(kind), Object.keys(servers));
  for (const object of manifest) {
    const { name } = object.metadata;
    const port = Object.entries(servers).find(([server]) => server === name)?.[1];
    if (object.kind === 'Service') {
      assert.deepEqual(object.spec.selector, { app: name });
      assert.equal(object.spec.ports[0]?.port, port);
      assert.equal(object.spec.sessionAffinity, 'None');
    } else if (object.kind === 'PodDisruptionBudget') {
      assert.deepEqual(object.spec.selector.matchLabels, { app: name });
    } else {
      assert.equal(object.spec.replicas, 2);
      assert.deepEqual(object.spec.template.metadata.labels, object.spec.selector.matchLabels);
      assert.equal(object.spec.template.spec.containers[0]?.ports?.[0]?.containerPort, port);
    }
  }
});

test('pods of the manifest run without rights, start programs that there are, and are probed', () => {
  for (const object of manifest) {
    if (object.kind !== 'Deployment') continue;
    const { securityContext, containers, initContainers, volumes } = object.spec.template.spec;
    assert.equal(securityContext.runAsNonRoot, true);
    assert.equal(
      readFileSync(join(root, 'deploy/Containerfile'), 'utf8').includes(`USER ${securityContext.runAsUser}:`),
      true,
    );
    for (const { securityContext: bounds, volumeMounts, command = [], env = [], ports, ...probes } of [
      ...initContainers,
      ...containers,
    ]) {
      assert.deepEqual(bounds, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      for (const { name } of volumeMounts)
        assert.ok(
          volumes.some((volume) => volume.name === name),
          name,
        );
      for (const { name } of env) assert.ok(isVariable(name), name);
      if (ports === undefined) continue;
      assert.ok(existsSync(join(root, command[1]?.replace('/opt/gmail-llm/', '') ?? '')), command.join(' '));
      const { startupProbe, livenessProbe, readinessProbe } = probes;
      assert.deepEqual(
        [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet.path),
        ['/health/live', '/health/live', '/health/ready'],
      );
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
        assert.equal(probe?.httpGet.port, ports[0]?.name);
        assert.deepEqual(probe?.httpGet.httpHeaders, [{ name: 'Host', value: 'localhost' }]);
      }
    }
  }
});

test('the schema refuses what Kubernetes would drop or refuse', () => {
  const [first] = manifest;
  for (const change of [{ apiVersion: 'apps/v1beta1' }, { spec: {} }, { spce: {} }]) {
    assert.equal(kubernetesObject.safeParse({ ...first, ...change }).success, false);
  }
});
