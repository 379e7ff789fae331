import { isJSONRPCNotification } from '@modelcontextprotocol/server';
import type { RequestId } from '@modelcontextprotocol/server';

/** The id of the request that this message cancels, or undefined if it is no `notifications/cancelled`. */
export function cancelledRequestId(message: unknown): RequestId | undefined {
  if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return undefined;
  const id = message.params?.['requestId'];
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
