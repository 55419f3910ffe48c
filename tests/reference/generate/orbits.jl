# Periodic orbits of two of the systems.
for s in ((id = "stuart_landau", par = [-1.0, 2.0, -1.5, 0.7], u0 = [0.0, 0.0], span = (-1.0, 1.0),
           f = (u, p) -> (q = u[1]^2 + u[2]^2; [p[1]*u[1] - p[2]*u[2] + p[3]*u[1]*q - p[4]*u[2]*q, p[2]*u[1] + p[1]*u[2] + p[3]*u[2]*q + p[4]*u[1]*q])),
          (id = "brusselator", par = [1.0, 1.5], u0 = [1.5, 1/1.5], span = (1.0, 5.0), f = (u, p) -> [p[2] - (p[1]+1)*u[1] + u[1]^2*u[2], p[1]*u[1] - u[1]^2*u[2]]))
    try
        po_from_hopf(s, 1; dsmax = s.id == "brusselator" ? 0.1 : 0.02, max_steps = s.id == "brusselator" ? 80 : 60)
        s.id == "stuart_landau" && attach!(s.id, "periodic_orbits_exact", "radius R = sqrt(r/1.5), period 2*pi/(2 + 0.7*R^2), nontrivial Floquet multiplier exp(-2*r*period)")
    catch e
        println("PO failed ", s.id, " ", first(sprint(showerror, e), 600)); flush(stdout)
    end
end
