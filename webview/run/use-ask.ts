import { useState } from 'preact/hooks';
import type { CheckedRequest } from '../../src/protocol/webview/schema.ts';
import { messageOf, request } from '../host/connection.ts';

/** Sends requests to the host and keeps the error of a failed one until the next request. */
export function useAsk(): {
  failure: string | undefined;
  /** Resolves to whether the request succeeded. */
  ask: <P>(type: CheckedRequest<P, void>, params: P) => Promise<boolean>;
} {
  const [failure, setFailure] = useState<string>();
  const ask = async <P>(type: CheckedRequest<P, void>, params: P) => {
    setFailure(undefined);
    try {
      await request(type, params);
      return true;
    } catch (error) {
      setFailure(messageOf(error));
      return false;
    }
  };
  return { failure, ask };
}
