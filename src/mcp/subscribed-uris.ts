import { isJsonObject } from '../core/json-object.ts';

/** Resources that one stream is told of. */
const mostSubscriptions = 100;

/** The resources that a request of `subscriptions/listen` asks to be told of. */
export function subscribedUris(request: unknown): readonly string[] {
  const params = isJsonObject(request) && isJsonObject(request.params) ? request.params : {};
  const wanted = isJsonObject(params.notifications) ? params.notifications.resourceSubscriptions : undefined;
  return Array.isArray(wanted) ? wanted.filter((uri) => typeof uri === 'string').slice(0, mostSubscriptions) : [];
}
