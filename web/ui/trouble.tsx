/** Catches what a page throws while it is drawn, so that the frame stays and says what to do. */
import { Component, type ReactNode } from "react";
import { Button } from "./button.js";
import { Notice } from "./notice.js";
import { Page } from "./page.js";
import { useWords } from "./words.js";

interface State {
  readonly failed: boolean;
}

export class Trouble extends Component<{ children: ReactNode }, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const words = useWords();
  return (
    <Page title={words.common.failed}>
      <Notice kind="bad" title={words.common.failed}>
        <p>{words.common.unexpected}</p>
        <Button onPress={() => location.reload()}>{words.common.tryAgain}</Button>
      </Notice>
    </Page>
  );
}
