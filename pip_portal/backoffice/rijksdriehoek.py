"""From the coordinates of the Dutch registers (RD, EPSG:28992) to those of the web (EPSG:4326), to within a metre.

Source: Schreutelkamp and Strang van Hees, "Benaderingsformules voor de transformatie tussen RD- en
WGS84-kaartcoördinaten", Geodesia 2001.
"""

# (power of x, power of y, factor), in seconds of arc around the tower of Amersfoort.
BREEDTE = (
    *((0, 1, 3235.65389), (2, 0, -32.58297), (0, 2, -0.24750), (2, 1, -0.84978), (0, 3, -0.06550), (2, 2, -0.01709)),
    *((1, 0, -0.00738), (4, 0, 0.00530), (2, 3, -0.00039), (4, 1, 0.00033), (1, 1, -0.00012)),
)
LENGTE = (
    *((1, 0, 5260.52916), (1, 1, 105.94684), (1, 2, 2.45656), (3, 0, -0.81885), (1, 3, 0.05594), (3, 1, -0.05607)),
    *((0, 1, 0.01199), (3, 2, -0.00256), (1, 4, 0.00128), (0, 2, 0.00022), (2, 0, -0.00022), (5, 0, 0.00026)),
)


def naar_wgs84(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude in degrees of a point in metres."""
    dx, dy = (x - 155_000) * 1e-5, (y - 463_000) * 1e-5
    lengte = 5.38720621 + sum(factor * dx**p * dy**q for p, q, factor in LENGTE) / 3600
    breedte = 52.15517440 + sum(factor * dx**p * dy**q for p, q, factor in BREEDTE) / 3600
    return lengte, breedte
