// Pan and zoom: which part of the scene the picture shows, as the address says it.
import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { change } from "../route";
import type { Scene } from "./scene";

/** The point in the middle, and pixels of the screen for one of the scene. */
interface View {
  x: number;
  y: number;
  k: number;
}

export interface Camera {
  pan: (dx: number, dy: number) => void;
  /** Zooms by a factor; around a point of the screen, else around the middle. */
  zoom: (factor: number, around?: { x: number; y: number }) => void;
  fit: () => void;
  /** Shows a point of the scene, near enough to read. */
  show: (x: number, y: number) => void;
  /** Moves as little as shows the point. */
  reveal: (x: number, y: number) => void;
  /** Letters on lines would hide more than they tell. */
  far: boolean;
  /** Names would be a few dots: without them a large picture moves quicker. */
  tiny: boolean;
}

const LEAST = 0.01;
const MOST = 4;
const MARGIN = 16;
const READABLE = 0.5;
const VISIBLE = 0.2;
const SETTLED = 300;
const LARGEST = { all: 1.25, focus: 1.25, groups: 0.9 };
const LETTERS = 0.85;
const CROWDED = 100;

/** A view box of everything. */
export const whole = ({ width, height }: Scene): string => `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`;

export function useCamera(svg: RefObject<SVGSVGElement | null>, scene: Scene, at: string): Camera {
  const view = useRef<View>({ x: 0, y: 0, k: 1 });
  const told = useRef("");
  const timer = useRef(0);
  const [far, setFar] = useState(false);
  const [tiny, setTiny] = useState(false);

  const apply = useCallback((): void => {
    const element = svg.current;
    if (!element) return;
    const { x, y, k } = view.current;
    const [w, h] = [element.clientWidth / k, element.clientHeight / k];
    element.setAttribute("viewBox", [x - w / 2, y - h / 2, w, h].map((value) => value.toFixed(1)).join(" "));
    // Letters on lines stay readable from further away than the lines are thick.
    element.style.setProperty("--mark-scale", Math.max(1, LETTERS / k).toFixed(2));
    setFar(k < READABLE && scene.lines.length > CROWDED);
    setTiny(k < VISIBLE);
  }, [scene]);

  const move = useCallback((to: View, remember = true): void => {
    view.current = { ...to, k: Math.min(MOST, Math.max(LEAST, to.k)) };
    apply();
    clearTimeout(timer.current);
    if (!remember) return;
    // The address follows when the hand rests: browsers allow only so many changes a second.
    timer.current = setTimeout(() => {
      const { x, y, k } = view.current;
      told.current = [x.toFixed(0), y.toFixed(0), k.toPrecision(3)].join(",");
      change({ at: told.current }, "replace");
    }, SETTLED);
  }, [apply]);

  const fitted = useCallback((): View => {
    const element = svg.current;
    const [w, h] = [(element?.clientWidth ?? 0) - 2 * MARGIN, (element?.clientHeight ?? 0) - 2 * MARGIN];
    const k = Math.min(w / Math.max(scene.width, 1), h / Math.max(scene.height, 1), LARGEST[scene.mode]);
    return { x: scene.width / 2, y: scene.height / 2, k };
  }, [scene]);

  useEffect(() => {
    if (at && at === told.current) return;
    const [x, y, k] = at.split(",").map(Number);
    const known = x !== undefined && y !== undefined && k !== undefined && [x, y, k].every(Number.isFinite) && k > 0;
    move(known ? { x, y, k } : fitted(), false);
    told.current = at;
  }, [scene.key, at]);

  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    const resized = new ResizeObserver(apply);
    resized.observe(element);
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0015)), { x: event.clientX, y: event.clientY });
    };
    element.addEventListener("wheel", wheel, { passive: false });
    // On paper stands the whole picture, whatever part was looked at.
    const before = (): void => element.setAttribute("viewBox", whole(scene));
    addEventListener("beforeprint", before);
    addEventListener("afterprint", apply);
    return () => {
      resized.disconnect();
      element.removeEventListener("wheel", wheel);
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", apply);
    };
  }, [scene]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const pan = (dx: number, dy: number): void => {
    const { x, y, k } = view.current;
    move({ x: x - dx / k, y: y - dy / k, k });
  };
  const zoom = (factor: number, around?: { x: number; y: number }): void => {
    const element = svg.current;
    if (!element) return;
    const { x, y, k } = view.current;
    const box = element.getBoundingClientRect();
    const next = Math.min(MOST, Math.max(LEAST, k * factor));
    const [dx, dy] = around ? [around.x - box.x - box.width / 2, around.y - box.y - box.height / 2] : [0, 0];
    move({ x: x + dx / k - dx / next, y: y + dy / k - dy / next, k: next });
  };
  const show = (x: number, y: number): void => move({ x, y, k: Math.max(view.current.k, 0.8) });
  const reveal = (px: number, py: number): void => {
    const element = svg.current;
    if (!element) return;
    const { x, y, k } = view.current;
    const [w, h] = [element.clientWidth / k / 2 - 60 / k, element.clientHeight / k / 2 - 40 / k];
    const nearest = (from: number, to: number, room: number): number => Math.min(Math.max(from, to - room), to + room);
    const [nx, ny] = [nearest(x, px, w), nearest(y, py, h)];
    if (nx !== x || ny !== y) move({ x: nx, y: ny, k });
  };
  return { pan, zoom, fit: () => move(fitted()), show, reveal, far, tiny };
}
