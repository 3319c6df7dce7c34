/** A part of the interface that is fetched by itself. */
import { Component, type ReactNode, Suspense } from 'react';
import { texts } from './texts';

/**
 * Shows the fallback until the part is there, and for good if it cannot be fetched.
 *
 * @param missing - shown when it cannot be fetched; by default a sentence that says so.
 */
export function Part(props: { fallback?: ReactNode; missing?: ReactNode; children: ReactNode }) {
  const { fallback = null, missing, children } = props;
  return (
    <MissingPart shown={missing}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </MissingPart>
  );
}

class MissingPart extends Component<
  { shown: ReactNode; children: ReactNode },
  { failed: boolean }
> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      this.props.shown ?? <p className="p-2 text-sm text-muted">{texts().server.partMissing}</p>
    );
  }
}
