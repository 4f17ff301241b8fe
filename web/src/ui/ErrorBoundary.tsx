/** Catches what goes wrong while a part of the window is drawn, says so and offers to try again. */
import { Component, type ReactNode } from "react";
import { text } from "@/strings";
import { Button } from "./Button";
import { ProblemView } from "./ProblemView";

interface State {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert" className="m-auto flex max-w-lg flex-col gap-3 p-4">
        <ProblemView problem={{ message: text.common.viewFailed, details: error.stack ?? error.message }} />
        <Button className="self-start" onClick={() => this.setState({ error: null })}>
          {text.common.retry}
        </Button>
      </div>
    );
  }
}
