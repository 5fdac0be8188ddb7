// One short message at a time, for eyes and screen readers.
type Listener = (text: string) => void;
const listeners = new Set<Listener>();

export function tell(text: string): void {
  for (const listener of listeners) listener(text);
}

export function onTold(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
