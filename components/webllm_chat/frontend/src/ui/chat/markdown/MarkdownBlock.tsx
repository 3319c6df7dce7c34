import { type ComponentProps, memo, type ReactNode, useEffect, useState } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { Scrollable } from '../../Scrollable';
import { texts } from '../../texts';
import { withoutOverrides } from './bidi';
import { CodeBlock } from './CodeBlock';
import { holdsMath, loadMath, type MathPlugins, withDollars } from './math';
import { RemoteImage } from './RemoteImage';

const PLAIN_PLUGINS = [remarkGfm];

/** One block of Markdown. HTML in it stays text; what could call out waits for the reader. */
export const MarkdownBlock = memo(function MarkdownBlock({ text }: { text: string }) {
  const math = useMath(text);
  const visible = withoutOverrides(text);
  return (
    <Markdown
      remarkPlugins={math ? [...PLAIN_PLUGINS, ...math.remark] : PLAIN_PLUGINS}
      rehypePlugins={math?.rehype ?? null}
      components={COMPONENTS}
    >
      {math ? withDollars(visible) : visible}
    </Markdown>
  );
});

function useMath(text: string): MathPlugins | null {
  const [plugins, setPlugins] = useState<MathPlugins | null>(null);
  const needed = holdsMath(text);
  useEffect(() => {
    if (!needed) return;
    let shown = true;
    loadMath().then(
      (loaded) => {
        if (shown) setPlugins(loaded);
      },
      () => {}, // Until they can be fetched, a formula is read as it was written.
    );
    return () => {
      shown = false;
    };
  }, [needed]);
  return needed ? plugins : null;
}

/** An answer's headings stand below the page's own. */
const COMPONENTS: Components = {
  h1: (props) => <h2 className="text-xl">{props.children}</h2>,
  h2: (props) => <h3 className="text-lg">{props.children}</h3>,
  h3: (props) => <h4 className="text-base">{props.children}</h4>,
  h4: (props) => <h5>{props.children}</h5>,
  h5: (props) => <h6>{props.children}</h6>,
  h6: (props) => <h6>{props.children}</h6>,
  a: Link,
  img: (props) => (
    <RemoteImage
      address={typeof props.src === 'string' ? props.src : ''}
      description={props.alt ?? ''}
    />
  ),
  input: TaskMark,
  // A fence inside a list or a quote comes this way, others are blocks of their own.
  pre: (props) => <NestedCode>{props.children}</NestedCode>,
  table: (props) => (
    <Scrollable label={texts().message.table} className="table-scroll">
      <table>{props.children}</table>
    </Scrollable>
  ),
};

function Link({ href, children }: ComponentProps<'a'>) {
  if (!href || href.startsWith('#')) return <span>{children}</span>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={texts().message.link(href)}
    >
      {children}
    </a>
  );
}

function TaskMark({ checked }: ComponentProps<'input'>) {
  return <span>{checked ? '☑ ' : '☐ '}</span>;
}

function NestedCode({ children }: { children: ReactNode }) {
  const code = codeOf(children);
  if (!code) return <pre>{children}</pre>;
  return <CodeBlock code={code.text} language={code.language} growing={false} />;
}

function codeOf(children: ReactNode): { text: string; language: string } | null {
  if (typeof children !== 'object' || children === null || !('props' in children)) return null;
  const { className, children: text } = children.props as ComponentProps<'code'>;
  if (typeof text !== 'string') return null;
  const language = /language-(\S+)/.exec(className ?? '')?.[1] ?? '';
  return { text: text.replace(/\n$/, ''), language };
}
