/** Parts of the window that the first page does without: loaded when they are opened, or in a quiet moment before. */
import { lazy, useState, type ComponentType, type ReactNode } from "react";

const loads: (() => Promise<unknown>)[] = [];

/** Milliseconds after the start during which nothing is loaded that nobody asked for. */
const QUIET = 2500;
/** And between two parts. */
const PAUSE = 100;

/** A component that is loaded when it is first drawn. Draw it below a `Suspense`. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => ReactNode {
  let loaded: ComponentType<Props> | null = null;
  const get = async () => (loaded ??= await load());
  const Lazy = lazy(async () => ({ default: await get() }));
  loads.push(get);
  return function Later(props: Props) {
    // One that is there already is drawn at once, where `lazy` would show the fallback for a moment.
    const [Part] = useState<ComponentType<Props>>(() => loaded ?? Lazy);
    return <Part {...props} />;
  };
}

/** Loads all of them, one after another and with time between for whatever else goes on. Returns the way to stop. */
export function loadLater(): () => void {
  let timer = setTimeout(() => next(0), QUIET);
  const next = (index: number) => {
    // One that cannot be loaded now is tried again, and complained of, when it is opened.
    void loads[index]?.().then(
      () => (timer = setTimeout(() => next(index + 1), PAUSE)),
      () => undefined,
    );
  };
  return () => clearTimeout(timer);
}
