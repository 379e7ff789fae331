import * as z from 'zod';

/**
 * The fields of Kubernetes' objects that `deploy/kubernetes.yaml` uses, as the API reference has them (apps/v1 Deployment, v1
 * Service, policy/v1 PodDisruptionBudget; kubernetes.io/docs/reference/kubernetes-api). Any other field is refused: a misspelt
 * one would be dropped by the server.
 */
const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
const labels = z.record(z.string(), z.string().max(63));
const selector = z.strictObject({ matchLabels: labels });
const portName = z.string().regex(/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/);
const quantity = z.string().regex(/^\d+(?:m|Ki|Mi|Gi)?$/);
const path = z.string().startsWith('/');
const count = z.int().nonnegative();
const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });

const probe = z.strictObject({
  httpGet: z.strictObject({
    path,
    port: z.union([portName, z.int().min(1).max(65535)]),
    httpHeaders: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  }),
  periodSeconds: z.int().min(1).optional(),
  timeoutSeconds: z.int().min(1).optional(),
  failureThreshold: z.int().min(1).optional(),
});

const environmentVariable = z.union([
  z.strictObject({ name: z.string(), value: z.string() }),
  z.strictObject({
    name: z.string(),
    valueFrom: z.strictObject({ secretKeyRef: z.strictObject({ name, key: z.string() }) }),
  }),
]);

const container = z.strictObject({
  name,
  image: z.string(),
  command: z.array(z.string()).optional(),
  env: z.array(environmentVariable).optional(),
  ports: z.array(z.strictObject({ name: portName, containerPort: z.int().min(1).max(65535) })).optional(),
  startupProbe: probe.optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  lifecycle: z
    .strictObject({ preStop: z.strictObject({ exec: z.strictObject({ command: z.array(z.string()) }) }) })
    .optional(),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean(),
    capabilities: z.strictObject({ drop: z.array(z.string()) }),
  }),
  resources: z.strictObject({ requests: amounts, limits: amounts }),
  volumeMounts: z.array(z.strictObject({ name, mountPath: path, readOnly: z.boolean().optional() })),
});

const volume = z.union([
  z.strictObject({ name, emptyDir: z.strictObject({ medium: z.enum(['', 'Memory']).optional() }) }),
  z.strictObject({
    name,
    secret: z.strictObject({
      secretName: name,
      items: z.array(z.strictObject({ key: z.string(), path: z.string() })).optional(),
    }),
  }),
]);

const pod = z.strictObject({
  automountServiceAccountToken: z.boolean(),
  terminationGracePeriodSeconds: count,
  securityContext: z.strictObject({
    runAsNonRoot: z.boolean(),
    runAsUser: count,
    runAsGroup: count,
    fsGroup: count,
    seccompProfile: z.strictObject({ type: z.enum(['RuntimeDefault', 'Unconfined', 'Localhost']) }),
  }),
  topologySpreadConstraints: z.array(
    z.strictObject({
      maxSkew: z.int().min(1),
      topologyKey: z.string(),
      whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
      labelSelector: selector,
    }),
  ),
  initContainers: z.array(container),
  containers: z.array(container).min(1),
  volumes: z.array(volume),
});

const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata: z.strictObject({ name, labels }),
  spec: z.strictObject({
    replicas: count,
    selector,
    strategy: z.strictObject({
      type: z.enum(['RollingUpdate', 'Recreate']),
      rollingUpdate: z.strictObject({ maxUnavailable: count, maxSurge: count }),
    }),
    template: z.strictObject({ metadata: z.strictObject({ labels }), spec: pod }),
  }),
});

const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata: z.strictObject({ name }),
  spec: z.strictObject({
    selector: labels,
    ports: z.array(
      z.strictObject({ name: portName, port: z.int().min(1).max(65535), targetPort: z.union([portName, z.int()]) }),
    ),
    sessionAffinity: z.enum(['None', 'ClientIP']),
  }),
});

const disruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata: z.strictObject({ name }),
  spec: z.strictObject({ minAvailable: count, selector }),
});

/** An object of a manifest. */
export const kubernetesObject = z.discriminatedUnion('kind', [deployment, service, disruptionBudget]);
