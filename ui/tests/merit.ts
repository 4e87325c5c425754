/** Badges, challenges, score and leaderboard of the till in memory. */
import type {
  BadgeView,
  BoardPeriod,
  LeaderboardView,
  MeritView,
  SquareCode,
} from "../src/api/api";

export const merit: MeritView = {
  badges: [
    { slug: "explorer", name: "Explorador", sentence: "Desde el 20 de noviembre", is_new: true },
    { slug: "first", name: "Primera vez", sentence: "Desde el 3 de marzo", is_new: false },
  ],
  challenges: [
    {
      slug: "week",
      name: "Reto de la semana",
      progress_bp: 6_666,
      sentence: "2 de 3 compras esta semana",
      gives: "50 puntos",
    },
  ],
  score: {
    total: 64,
    note: "",
    parts: [
      {
        kind: "frequency",
        name: "Qué tan seguido viene",
        score: 80,
        sentence: "Días con compra: 8 de 10 en los últimos 90",
        weight: "cuenta 60 %",
      },
      {
        kind: "recency",
        name: "Última compra",
        score: 40,
        sentence: "Hace 54 días; a los 90 ya no suma",
        weight: "cuenta 40 %",
      },
    ],
  },
};

/** What any sale to José wins. */
export const justWon: BadgeView = {
  slug: "regular",
  name: "Cliente fiel",
  sentence: "¡Gana la insignia Cliente fiel! Felicite al cliente.",
  is_new: true,
};

/** A square that no scanner reads. */
export const corner: SquareCode = { size: 29, path: "M4 4h7v1h-7z" };

/** José leads every period but the week. */
export function boardOf(period: BoardPeriod, here: string | null): LeaderboardView {
  const place = (place: number, name: string, points: number, id: string) => {
    return { place, name, points, sales: place, is_here: id === here };
  };
  const jose = place(1, "José Á.", 640, "c1");
  return {
    period,
    said: "Compras hechas en esta caja.",
    places: period === "week" ? [] : [jose, place(2, "J. I.", 75, "c2")],
  };
}
