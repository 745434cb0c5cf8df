import { useState } from 'preact/hooks';
import type { RequestType } from 'vscode-messenger-common';
import { messageOf, request } from '../host/connection.ts';

/** Sends requests to the host and keeps the error of a failed one until the next request. */
export function useAsk(): {
  failure: string | undefined;
  /** Resolves to whether the request succeeded. */
  ask: <P>(type: RequestType<P, void>, params: P) => Promise<boolean>;
} {
  const [failure, setFailure] = useState<string>();
  const ask = async <P>(type: RequestType<P, void>, params: P) => {
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
