// track.js: faces followed from frame to frame, with numbers that stay.

import { DESCRIPTOR, faceNeeds, putWish } from './faces.js';
import { Holder } from './held.js';
import { choice } from './library.js';
import { RULES, peopleOf } from './people.js';

/** @typedef {import('./library.js').Library} Library */
/** @typedef {import('./library.js').Pixels} Pixels */
/** @typedef {import('./profiles.js').Profile} Profile */
/** @typedef {import('./people.js').MatchOptions} MatchOptions */

/**
 * @typedef {object} TrackOptions
 * @property {import('./faces.js').Wish} [wish] landmarks are found in every frame; what else is
 *   wanted is read now and then, of one face a frame
 * @property {number} [every] frames from one detection to the next, and from one reading of a
 *   face to the next; default 10; when points are lost a detector looks at once
 * @property {Profile[]} [profiles] who is known; the wish then has descriptors
 * @property {MatchOptions} [match] how they are told from others
 * @property {boolean} [compare] compare faces when a track is in doubt, so that its number
 *   stays with one person; default: where descriptors are wanted
 * @property {boolean} [smooth] smooth boxes and landmarks over time; default true
 * @property {number} [points] corners that hold a box; default 60
 * @property {number} [votes] descriptors of a track that vote for its name; default 10
 * @property {boolean} [showPoints] tell where the corners are
 */

/**
 * @typedef {object} Track a face in a frame
 * @property {number} id 1, 2, ...; stays with the face
 * @property {import('./mien.js').Box} box
 * @property {number} angle degrees turned since its last detection
 * @property {number} score of its last detection
 * @property {boolean} detected in this frame, not only followed
 * @property {number} points corners that hold it
 * @property {Record<string, number>} lost corners lost in this frame, by reason
 * @property {[number, number][]} [at] the corners
 * @property {[number, number][]} [landmarks] 68, iBUG order
 * @property {number} [readings] how often it was read
 * @property {number} [age] years, averaged over readings
 * @property {{value: string, probability: number}} [gender] the same
 * @property {Record<string, number>} [expression] the same
 * @property {string|null} [name] by votes over the track; null: nobody who is known
 * @property {number} [distance] mean distance of those votes
 */

/**
 * @typedef {object} Frame
 * @property {number} frame its number, from 0
 * @property {number} seconds when it is shown
 * @property {number} width
 * @property {number} height
 * @property {Track[]} tracks by number
 * @property {boolean} detection a detector looked at this frame
 * @property {{follow: number, detect: number, landmarks: number, read: number,
 *   all: number}} ms
 */

/**
 * @typedef {object} Story a track over all frames
 * @property {number} id
 * @property {number} frames in which it was held
 * @property {number} detections of those, in which a detector found it
 * @property {number} begin seconds
 * @property {number} end
 * @property {number} points corners that held it, on average
 */

const ATTRIBUTES = /** @type {const} */ (['age', 'gender', 'expression']);

/** What is read of faces, with what names need. @param {TrackOptions} options */
const wishOf = ({ wish = {}, profiles }) =>
  profiles?.length ? { ...wish, descriptor: true } : wish;

/** A tracker, where the library is. */
export class OpenTracker {
  #lib;
  #at; // the web_tracker
  #people = 0; // or none

  /** @param {Library} lib with the networks that are needed @param {TrackOptions} options */
  constructor(lib, options) {
    this.#lib = lib;
    const wish = wishOf(options);
    const { every = 10, points = 0, compare = wish.descriptor, smooth = true, votes = 0,
      showPoints = false } = options;
    const at = putWish(lib, wish);
    const how = [every, points, compare ? 1 : 0, smooth ? 1 : 0, votes, showPoints ? 1 : 0];
    this.#at = lib.withBytes(new Uint8Array(Int32Array.from(how).buffer), (howAt) =>
      lib.handle((out) => lib.c.web_tracker_new(lib.web, at, howAt, out)));
    try {
      if (options.profiles?.length)
        this.know(options.profiles, options.match);
    } catch (e) {
      this.free();
      throw e;
    }
  }

  /** @param {Profile[]} profiles @param {MatchOptions} [match] */
  know(profiles, match = {}) {
    const { rule = 'nearest', threshold = -1, atMost = false } = match;
    const { c } = this.#lib;
    const by = choice('rule', RULES, rule);
    const people = peopleOf(this.#lib, profiles);
    c.web_tracker_know(this.#at, people, by, threshold, atMost ? 1 : 0);
    c.web_people_free(this.#people);
    this.#people = people;
  }

  /** @param {Pixels} picture @param {number} seconds @returns {Frame} */
  next(picture, seconds) {
    const lib = this.#lib;
    const at = lib.putPixels(picture);
    lib.check(lib.c.web_tracker_next(lib.web, this.#at, at, picture.width, picture.height,
      seconds));
    const [shown, notes, rest] = lib.said().split('\n').map((line) => JSON.parse(line));
    for (const { id, readings, face, name, distance } of notes.faces) {
      const track = shown.tracks.find((/** @type {Track} */ t) => t.id === id);
      track.readings = readings;
      for (const what of ATTRIBUTES)
        if (face[what] !== undefined)
          track[what] = face[what];
      if (name !== undefined)
        Object.assign(track, { name, distance });
    }
    return { ...shown, ...rest };
  }

  /** @param {number} id @returns {Float32Array|null} */
  descriptor(id) {
    const at = this.#lib.c.web_tracker_descriptor(this.#at, id);
    return at ? this.#lib.floats(at, DESCRIPTOR) : null;
  }

  /** @returns {Story[]} */
  stories() {
    this.#lib.check(this.#lib.c.web_tracker_stories(this.#lib.web, this.#at));
    return this.#lib.json();
  }

  free() {
    this.#lib.c.web_tracker_free(this.#at);
    this.#lib.c.web_people_free(this.#people);
  }
}

/**
 * What the engine is asked by a Tracker.
 * @type {Record<string, (engine: import('./engine.js').Engine, args: any[],
 *   progress?: import('./models.js').Progress) => any>}
 */
export const TRACK_CALLS = {
  trackerNew: async (engine, [options], progress) => {
    await engine.loadAll(faceNeeds(engine.lib, wishOf(options)), progress);
    return engine.trackers.add(new OpenTracker(engine.lib, options));
  },
  trackerNext: (engine, [picture, id, seconds]) => {
    const tracker = engine.trackers.get(id);
    return tracker.next(engine.pixels(picture), seconds);
  },
  trackerKnow: (engine, [id, profiles, match]) => engine.trackers.get(id).know(profiles, match),
  trackerDescriptor: (engine, [id, track]) => engine.trackers.get(id).descriptor(track),
  trackerStories: (engine, [id]) => engine.trackers.get(id).stories(),
  trackerDrop: (engine, [id]) => engine.trackers.drop(id),
};

/** Faces of a video, camera or row of pictures; release it with free. */
export class Tracker extends Holder {
  #picture;

  /**
   * @param {import('./held.js').Caller} engine @param {number} id
   * @param {(source: any) => Promise<any>} picture
   */
  constructor(engine, id, picture) {
    super(engine, id, 'trackerDrop');
    this.#picture = picture;
  }

  /**
   * Look at the next frame.
   * @param {import('./mien.js').Source} source
   * @param {number} [seconds] when it is shown; default: now
   * @returns {Promise<Frame>}
   */
  async next(source, seconds = performance.now() / 1000) {
    return this.engine.call('trackerNext', [await this.#picture(source), this.id, seconds]);
  }

  /**
   * Change who is known; the tracker was made for descriptors, or nobody gets a name.
   * @param {Profile[]} profiles @param {MatchOptions} [match] @returns {Promise<void>}
   */
  know(profiles, match = {}) {
    return this.engine.call('trackerKnow', [this.id, profiles, match]);
  }

  /**
   * The descriptor of a track that was read last; null: none was read.
   * @param {number} track its id @returns {Promise<Float32Array|null>}
   */
  descriptor(track) {
    return this.engine.call('trackerDescriptor', [this.id, track]);
  }

  /** All tracks there were. @returns {Promise<Story[]>} */
  stories() {
    return this.engine.call('trackerStories', [this.id]);
  }
}
