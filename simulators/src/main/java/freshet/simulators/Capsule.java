package freshet.simulators;

/**
 * A uniform cylinder with half a sphere at each end, as MuJoCo weighs it.
 *
 * @param length of the cylinder, between the centres of the half spheres, m
 * @param radius m
 * @param mass kg
 */
record Capsule(double length, double radius, double mass) {

    static Capsule ofDensity(double length, double radius, double kilogramsPerCubicMetre) {
        double volume = cylinder(length, radius) + sphere(radius);
        return new Capsule(length, radius, kilogramsPerCubicMetre * volume);
    }

    /**
     * Moment of inertia about a line through one end of the cylinder, across it, kg m². A thin rod
     * would have {@code mass length² / 3}.
     */
    double inertiaAboutEnd() {
        double ofCylinder = mass * cylinder(length, radius) / (cylinder(length, radius) + sphere());
        double ofEnds = mass - ofCylinder;
        double aboutCentre =
                ofCylinder * (3 * radius * radius + length * length) / 12
                        + ofEnds
                                * (0.4 * radius * radius
                                        + length * length / 4
                                        + 0.375 * length * radius);
        return aboutCentre + mass * length * length / 4;
    }

    private double sphere() {
        return sphere(radius);
    }

    private static double cylinder(double length, double radius) {
        return Math.PI * radius * radius * length;
    }

    static double sphere(double radius) {
        return 4 * Math.PI / 3 * radius * radius * radius;
    }
}
